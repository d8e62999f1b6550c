import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as torch from 'torch-node'
import { beforeEach, describe, expect, expectTypeOf, test } from 'vitest'

const { Image, transforms } = torch.vision
const { DatasetFolder, find_classes, has_file_allowed_extension, ImageFolder, is_image_file, make_dataset } =
  torch.vision.datasets

let root = ''
const write = (path: string, data: string | Uint8Array = '') => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), data)
}
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'torch-node-folder-'))
  return () => rmSync(root, { recursive: true })
})

describe('ImageFolder', () => {
  test('gives pictures and classes', async () => {
    const red = Image.new('RGB', [4, 2], [250, 0, 0])
    write('dog/a.png', await red.encode('png'))
    write('cat/deep/b.png', await Image.new('L', [3, 3], 7).encode('png'))
    write('cat/readme.txt')
    const dataset = new ImageFolder(root)
    expect([dataset.length, dataset.classes, dataset.targets]).toEqual([2, ['cat', 'dog'], [0, 1]])
    expect(dataset.class_to_idx).toEqual({ cat: 0, dog: 1 })
    expect(dataset.imgs[1]).toEqual([join(root, 'dog', 'a.png'), 1])
    const [image, target] = await dataset.getItem(1)
    expectTypeOf(image).toEqualTypeOf<torch.vision.Image>()
    expect([image.mode, image.size, image.getpixel([0, 0]), target]).toEqual(['RGB', [4, 2], [250, 0, 0], 1])
    expect((await dataset.getItem(-1))[1]).toBe(1)
    await expect(dataset.getItem(2)).rejects.toThrow('index out of range')
  })

  test('takes transforms by keyword and by position', async () => {
    write('one/a.png', await Image.new('RGB', [2, 2], 51).encode('png'))
    const dataset = new ImageFolder(root, { transform: new transforms.ToTensor() })
    const [x] = await dataset.getItem(0)
    expectTypeOf(x).toEqualTypeOf<torch.Tensor>()
    expect(x.shape).toEqual([3, 2, 2])
    const other = new ImageFolder(
      root,
      image => image.width,
      (target: number) => `class ${target}`,
    )
    expect(await other.getItem(0)).toEqual([2, 'class 0'])
    const loader = new torch.utils.data.DataLoader(dataset, { batch_size: 1 })
    for await (const [batch, targets] of loader) expect([batch.shape, targets.tolist()]).toEqual([[1, 3, 2, 2], [0]])
  })

  test('refuses what is no such folder', () => {
    expect(() => new ImageFolder(root)).toThrow(`Couldn't find any class folder in ${root}.`)
    write('one/a.txt')
    expect(() => new ImageFolder(root)).toThrow(
      'Found no valid file for the classes one. Supported extensions are: .jpg, .jpeg, .png',
    )
    expect(new ImageFolder(root, { allow_empty: true }).length).toBe(0)
    expect(new ImageFolder(root, { is_valid_file: path => path.endsWith('.txt') }).length).toBe(1)
  })
})

describe('DatasetFolder', () => {
  test('reads any files, and lets a subclass choose the classes', async () => {
    write('a/1.n', '5')
    write('b/2.n', '6')
    class OnlyB extends DatasetFolder<number> {
      override find_classes(): [string[], Record<string, number>] {
        return [['b'], { b: 0 }]
      }
    }
    const loader = (path: string) => path.length - root.length
    expect(await new DatasetFolder(root, loader, ['.n']).getItem(1)).toEqual(['/b/2.n'.length, 1])
    const dataset = new OnlyB(root, loader, { extensions: '.n' })
    expect([dataset.length, dataset.samples]).toEqual([1, [[join(root, 'b', '2.n'), 0]]])
  })

  test('make_dataset checks its arguments', () => {
    write('a/1.n')
    expect(() => make_dataset(root)).toThrow('Both extensions and is_valid_file cannot be None or not None')
    expect(() => make_dataset(root, {}, ['.n'])).toThrow("'class_to_index' must have at least one entry")
    expect(make_dataset(root, { a: 7 }, ['.n'])).toEqual([[join(root, 'a', '1.n'), 7]])
    expect(make_dataset(root, { extensions: '.n' })).toEqual([[join(root, 'a', '1.n'), 0]])
  })

  test('follows links, also one that leads back', () => {
    write('a/1.n')
    symlinkSync(join(root, 'a'), join(root, 'a', 'again'))
    symlinkSync(join(root, 'a'), join(root, 'b'))
    expect(find_classes(root)[0]).toEqual(['a', 'b'])
    expect(make_dataset(root, { extensions: '.n' })).toHaveLength(2)
  })
})

test('names of pictures', () => {
  expect(['a.JPG', 'b.webp', 'c.txt', 'png'].map(is_image_file)).toEqual([true, true, false, false])
  expect(has_file_allowed_extension('x.Bin', '.bin')).toBe(true)
})
