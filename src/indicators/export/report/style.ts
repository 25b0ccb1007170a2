/** How the page looks, on a screen and on paper. No file from elsewhere, no script. */

export const style = `
@page { size: A4; margin: 18mm 15mm; }
body { font: 10.5pt/1.4 "Liberation Sans", Arial, sans-serif; color: #1a1a1a; max-width: 180mm; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 20pt; margin: 0; } h2 { font-size: 13pt; margin: 1.6em 0 .2em; break-after: avoid; }
p { margin: .3em 0; } .note, .formula { color: #555; font-size: 9pt; }
section { break-inside: avoid-page; border-top: 1px solid #bbb; }
table { border-collapse: collapse; width: 100%; margin: .6em 0; font-size: 9pt; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th { text-align: left; border-bottom: 1.5px solid #333; padding: 2px 6px; vertical-align: bottom; }
tbody th { font-weight: normal; border-bottom: 1px solid #ddd; white-space: nowrap; }
tbody th, td { vertical-align: baseline; }
caption { text-align: left; font-size: 9pt; color: #444; padding: 2px 0; }
nav tr:not(.again) th:first-child { width: 50%; } nav tbody th { white-space: normal; } nav tbody td { vertical-align: middle; } nav td { white-space: nowrap; } a { color: inherit; }
td { border-bottom: 1px solid #ddd; padding: 2px 6px; } .number { text-align: right; font-variant-numeric: tabular-nums; }
td.number, td.state { white-space: nowrap; } .again { display: none; }
thead th { font-size: 8pt; hyphens: auto; } .many { font-size: 8.5pt; } .many td.state { white-space: normal; }
.look { font-weight: bold; } .look::before { content: "▲ "; }
svg { display: block; width: 100%; height: 38mm; break-inside: avoid; break-before: avoid; }
svg.small { width: 26mm; height: 5mm; }
.wide { overflow-x: auto; }
@media print { .wide { overflow: visible; } body { margin: 0; padding: 0; } a { color: inherit; text-decoration: none; }
  .wide + p, .note + p { break-before: avoid; } caption { display: none; } .again { display: table-row; } .again th { font-weight: normal; color: #444; border: 0; padding: 2px 0; } }
`;

/** Text as CSS has it, wherever it came from. */
const cssText = (text: string): string =>
  `"${text.replace(/[^\p{L}\p{N} .-]/gu, (sign) => `\\${sign.codePointAt(0)!.toString(16)} `)}"`;

/** On each printed page: which report, of whom, and which of how many pages. */
export const foot = (title: string): string => `
@page { @bottom-left { content: ${cssText(title)}; font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; } }
`;
