// Run as a child by process.ts: the command line from dist/. Plain JavaScript, because Node 20 cannot load TypeScript.
// Arguments: the built cli/main.js, then those of the command.
const { run } = await import(process.argv[2]);
process.exitCode = await run(process.argv.slice(3));
