/** Container numbers with their check digit (ISO 6346: letters from 10 skipping multiples of 11, weights 2^position, mod 11, 10 written 0). */

const values = new Map<string, number>();
for (let i = 0, value = 10; i < 26; i++, value++) {
  if (value % 11 === 0) value++;
  values.set(String.fromCharCode(65 + i), value);
}

export function checkDigit(prefixAndSerial: string): number {
  let sum = 0;
  for (let i = 0; i < 10; i++) {
    const sign = prefixAndSerial[i]!;
    sum += (values.get(sign) ?? Number(sign)) * 2 ** i;
  }
  return (sum % 11) % 10;
}

const owners = ['ALBU', 'BAOU', 'CEDU', 'DELU', 'EQUU', 'FALU', 'GALU', 'HARU', 'INDU', 'JASU'];

/** The n-th container to be used: no number comes back before ten million others, years later. */
export function containerNumber(n: number): string {
  const owner = owners[n % owners.length]!;
  const serial = String((Math.floor(n / owners.length) * 611_953 + 104_729) % 1_000_000).padStart(6, '0');
  return `${owner}${serial}${checkDigit(owner + serial)}`;
}
