import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/intake/limits.ts';
import { at, child, children, harvest, parseXml, type XmlElement } from '../../src/intake/xml.ts';

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
const parse = (text: string): Promise<XmlElement> => parseXml(one(text), defaultLimits);

describe('the XML adapter', () => {
  it('gives local names and namespaces, whatever the prefix', async () => {
    const root = await parse('<a:x xmlns:a="urn:a"><y xmlns="urn:b"/></a:x>');
    expect([root.name, root.uri, root.children[0]?.name, root.children[0]?.uri]).toEqual([
      'x',
      'urn:a',
      'y',
      'urn:b',
    ]);
  });

  it('takes <null/> as nothing, whatever its capitals, unless it says something', async () => {
    const root = await parse('<x><a>\n<null/>\n</a><b><NULL/></b><c><null>1</null></c></x>');
    expect(root.children.map((element) => element.children.length)).toEqual([0, 0, 1]);
  });

  it('keeps comments and instructions out of texts and puts what they parted together', async () => {
    const root = await parse('<x>a<!-- <b>1</b> -->b<?p q?>c<![CDATA[<d>&]]></x>');
    expect(root.text).toBe('abc<d>&');
  });

  it('leaves schema locations and namespaces out of the attributes', async () => {
    const root = await parse(
      '<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="a b" i:nil="true" k="v"/>',
    );
    expect([...root.attributes]).toEqual([['k', 'v']]);
  });

  it('tells line and column of every element', async () => {
    const root = await parse('<x>\n  <y/>\n</x>');
    expect(child(root, 'y')).toMatchObject({ line: 2, column: 6 });
  });

  it('finds children by name in lower case and paths by their first children', async () => {
    const root = await parse('<X><Y><Z>1</Z></Y><y><Z>2</Z></y></X>');
    expect(children(root, 'y')).toHaveLength(2);
    expect(at(root, 'y/z')?.text).toBe('1');
    expect(at(root, 'y/q/z')).toBeUndefined();
  });

  it('harvests what nobody took, repeated texts as a list, and once only', async () => {
    const root = await parse('<x k="v"><a>1</a><a>2</a><b c="3">t</b><d>4</d><__proto__>p</__proto__></x>');
    child(root, 'd')!.taken = true;
    expect(harvest(root)).toEqual({ '@k': 'v', a: ['1', '2'], b: 't', 'b/@c': '3', './__proto__': 'p' });
    expect(harvest(root)).toBeUndefined();
  });

  it.each([
    ['<x>&lt;&#65;&amp;</x>', '<A&'],
    ['<x>\r\n1\r\n</x>', '\n1\n'],
    ['<x> <y/>a <z/> </x>', 'a  '],
  ])('reads %j', async (xml, text) => expect((await parse(xml)).text).toBe(text));

  it.each([
    ['<x>', 'unclosed tag: x', 1],
    ['<x></y>', 'unexpected close tag', 1],
    ['<x>\n<y a=1/></x>', 'unquoted attribute value', 2],
    ['<x>&undefined;</x>', 'undefined entity', 1],
    ['<x/><y/>', 'documents may contain only one root', 1],
    ['<x>\u0000</x>', 'disallowed character', 1],
    ['<a:x/>', 'unbound namespace prefix', 1],
    ['text', 'text data outside of root node', 1],
  ])('refuses %j', async (xml, problem, line) => {
    await expect(parse(xml)).rejects.toMatchObject({
      code: 'CC_XML_MALFORMED',
      message: expect.stringContaining(problem),
      where: { line, column: expect.any(Number) },
    });
  });
});
