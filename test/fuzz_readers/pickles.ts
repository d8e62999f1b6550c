/** Pickles that nobody means well with. Any that ran would make the file `marker`. */
const utf8 = (text: string): Buffer => Buffer.from(text)

function unicode(text: string): Buffer {
  const data = utf8(text)
  const head = Buffer.from([0x58, 0, 0, 0, 0])
  head.writeUInt32LE(data.length, 1)
  return Buffer.concat([head, data])
}

const join = (...parts: (Buffer | string)[]): Buffer =>
  Buffer.concat([
    Buffer.from([0x80, 2]),
    ...parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  ])

/** Calls of one function with a text, in every way that pickles know. */
function calls(module: string, name: string, argument: string): Buffer[] {
  const text = unicode(argument)
  const old = `S'${argument}'\n`
  return [
    join(`c${module}\n${name}\n`, text, '\x85R.'),
    join(unicode(module), unicode(name), '\x93', text, '\x85R.'),
    join('(', old, `i${module}\n${name}\n.`),
    join(`(c${module}\n${name}\n`, old, 'o.'),
    join(`c${module}\n${name}\n`, text, '\x85\x81.'),
    join(`c${module}\n${name}\n`, text, '\x85}\x92.'),
    join(`ccollections\nOrderedDict\n)R}`, unicode('x'), `c${module}\n${name}\n`, text, '\x85Rsb.'),
    join(`c${module}\n${name}\n(`, text, 'tR.'),
  ]
}

export function hostilePickles(marker: string): Buffer[] {
  const shell = `touch ${marker}`
  const code = `open(${JSON.stringify(marker)}, 'w').close()`
  const deep = (opening: string, count: number, closing = '') =>
    join(opening.repeat(count), 'N', closing.repeat(count), '.')
  return [
    ...calls('os', 'system', shell),
    ...calls('posix', 'system', shell),
    ...calls('nt', 'system', shell),
    ...calls('subprocess', 'getoutput', shell),
    ...calls('builtins', 'eval', code),
    ...calls('builtins', 'exec', code),
    ...calls('__builtin__', 'eval', code),
    ...calls('torch.jit', '_load_from_bytes', shell),
    ...calls('torch.storage', '_load_from_bytes', shell),
    ...calls('torch.serialization', 'load', marker),
    ...calls('torch.hub', 'load', shell),
    ...calls('torch', 'from_file', '/etc/passwd'),
    ...calls('torch.ops.aten', 'from_file', '/etc/passwd'),
    ...calls('builtins', 'getattr', '__proto__'),
    ...calls('constructor', 'constructor', code),
    ...calls('__proto__', 'toString', code),
    // Doubled again and again: 2⁴⁰ elements in a few bytes.
    join('N', ...Array.from({ length: 40 }, () => '2\x86')),
    join('N', ...Array.from({ length: 40 }, (_, i) => `q${String.fromCharCode(i)}h${String.fromCharCode(i)}\x86`), '.'),
    join('(lq\0', 'h\0a'.repeat(1000), '.'),
    join(']q\0h\0a.'),
    join('}q\0h\0h\0s.'),
    // Nested without end.
    deep('\x85'.replace('\x85', '('), 100_000, 't'),
    join('N', '\x85'.repeat(200_000), '.'),
    join(']'.repeat(100_000), 'a'.repeat(99_999), '.'),
    join('}'.repeat(1000), '.'),
    join('(('.repeat(50_000)),
    // Sizes that lie.
    join('\x8a\xff', Buffer.alloc(3)),
    join('\x8b\xff\xff\xff\x7f.'),
    join('X\xff\xff\xff\xff.'),
    join('\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.'),
    join('B\xff\xff\xff\xffx.'),
    join('\x8e\xff\xff\xff\xff\xff\xff\xff\xff.'),
    join('\x96\xff\xff\xff\xff\xff\xff\xff\xff.'),
    join('r\xff\xff\xff\xff.'),
    join('Nr\xff\xff\xff\xff.'),
    join('j\xff\xff\xff\xff.'),
    join('.'),
    join('0.'),
    join('Q.'),
    join('NQ.'),
    join('Pstorage\n.'),
    join('R.'),
    join('NNR.'),
    join('Nb.'),
    join('t.'),
    join('s.'),
    join('u.'),
    join('e.'),
    join('\x81.'),
    Buffer.alloc(0),
  ]
}
