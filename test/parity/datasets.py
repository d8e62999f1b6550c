"""Writes small datasets in torchvision's formats below a folder, and tells what torchvision reads from them."""
import bz2, gzip, hashlib, io, json, os, pickle, sys, types

sys.path[:0] = sys.argv[1:2] + sys.argv[3:4]
sys.modules['torchvision._meta_registrations'] = types.ModuleType('torchvision._meta_registrations')
import numpy as np
import torch
from PIL import Image
from torchvision import datasets as D

root = sys.argv[2]
rng = np.random.default_rng(0)
md5s = {}
answers = []


def write(path, data):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)
    md5s[os.path.basename(path)] = hashlib.md5(data).hexdigest()


def sum_of(path):
    return md5s[os.path.basename(path)]


def picture(path, mode='RGB', format='PNG', size=None):
    w, h = size or rng.integers(3, 9, 2)
    bands = {'L': (), 'RGB': (3,)}[mode]
    image = Image.fromarray(rng.integers(0, 256, (h, w, *bands), dtype=np.uint8))
    out = io.BytesIO()
    image.save(out, format)
    write(path, out.getvalue())


def idx(array, code):
    head = bytes([0, 0, code, array.ndim]) + np.array(array.shape, '>u4').tobytes()
    return head + array.astype({8: 'u1', 12: '>i4'}[code]).tobytes()


def plain(x):
    if isinstance(x, Image.Image):
        return {'mode': x.mode, 'size': list(x.size), 'pixels': list(x.tobytes())}
    if isinstance(x, (torch.Tensor, np.ndarray)):
        return x.tolist()
    if isinstance(x, (tuple, list)):
        return [plain(i) for i in x]
    return x if x is None else int(x)


def ask(name, folder, *, keywords=None, attributes=(), cls=None, make=None):
    keywords = keywords or {}
    dataset = (make or (cls or getattr(D, name)))(os.path.join(root, folder), **keywords)
    answers.append({
        'name': name,
        'folder': folder,
        'keywords': keywords,
        'text': repr(dataset),
        'items': [plain(dataset[i]) for i in range(len(dataset))],
        'attributes': {a: getattr(dataset, a) if not hasattr(getattr(dataset, a), 'tolist') else getattr(dataset, a).tolist() for a in attributes},
    })


CLASSES = ('classes', 'class_to_idx')

# Folders
for name in ['cat/b.png', 'cat/a.JPG', 'cat/more/c.png', 'cat/more-2/d.png', 'dog/x.webp/e.png', 'Zebra/f.ppm', 'dog/g.pgm']:
    picture(f'folders/{name}', 'L' if name.endswith('pgm') else 'RGB', 'PPM' if name[-4:] in ('.ppm', '.pgm') else 'PNG')
write('folders/cat/notes.txt', b'no picture')
ask('ImageFolder', 'folders', attributes=(*CLASSES, 'targets'))

# MNIST's kin
for kind in ['MNIST', 'FashionMNIST', 'KMNIST']:
    for prefix, n in [('train', 4), ('t10k', 3)]:
        write(f'{kind.lower()}/{kind}/raw/{prefix}-images-idx3-ubyte', idx(rng.integers(0, 256, (n, 28, 28)), 8))
        write(f'{kind.lower()}/{kind}/raw/{prefix}-labels-idx1-ubyte', idx(rng.integers(0, 10, n), 8))
    for train in [True, False]:
        ask(kind, kind.lower(), keywords={'train': train}, attributes=(*CLASSES, 'targets'))
for split in D.EMNIST.splits:
    for part, n in [('train', 3), ('test', 2)]:
        write(f'emnist/EMNIST/raw/emnist-{split}-{part}-images-idx3-ubyte', idx(rng.integers(0, 256, (n, 28, 28)), 8))
        write(f'emnist/EMNIST/raw/emnist-{split}-{part}-labels-idx1-ubyte', idx(rng.integers(0, 10, n), 8))
        ask('EMNIST', 'emnist', keywords={'split': split, 'train': part == 'train'}, attributes=('classes', 'split', 'targets'))
for part, n in [('qmnist-train', 3), ('qmnist-test', 4), ('xnist', 2)]:
    write(f'qmnist/QMNIST/raw/{part}-images-idx3-ubyte', idx(rng.integers(0, 256, (n, 28, 28)), 8))
    write(f'qmnist/QMNIST/raw/{part}-labels-idx2-int', idx(rng.integers(0, 10, (n, 8)), 12))
for keywords in [{}, {'what': 'test'}, {'what': 'nist', 'compat': False}, {'train': False, 'compat': False}, {'what': 'test10k'}, {'what': 'test50k'}]:
    ask('QMNIST', 'qmnist', keywords=keywords, attributes=(*CLASSES, 'what', 'targets'))


# CIFAR, whose files come from Python 2: its strings are bytes
class Python2(pickle._Pickler):
    dispatch = dict(pickle._Pickler.dispatch)

    def save_bytes(self, value):
        self.write(b'T' + len(value).to_bytes(4, 'little') + value)
        self.memoize(value)

    dispatch[bytes] = save_bytes


def python2(value):
    out = io.BytesIO()
    Python2(out, 2).dump(value)
    return out.getvalue()


def cifar(cls, files, label, names):
    for name, n in files:
        data = rng.integers(0, 256, (n, 3072), dtype=np.uint8)
        labels = [int(i) for i in rng.integers(0, 2, n)]
        write(f'cifar/{cls.base_folder}/{name}', python2({b'batch_label': name.encode(), label: labels, b'data': data, b'filenames': [b'a'] * n}))
    write(f'cifar/{cls.base_folder}/{cls.meta["filename"]}', python2({names: [b'cat', 'sp\u00e4t'.encode('latin1')]}))
    cls.train_list = [[name, sum_of(name)] for name, _ in cls.train_list]
    cls.test_list = [[name, sum_of(name)] for name, _ in cls.test_list]
    cls.meta = {**cls.meta, 'md5': sum_of(cls.meta['filename'])}
    for train in [True, False]:
        ask(cls.__name__, 'cifar', keywords={'train': train}, attributes=(*CLASSES, 'targets', 'data'))


cifar(D.CIFAR10, [(name, 2) for name, _ in D.CIFAR10.train_list] + [('test_batch', 3)], b'labels', b'label_names')
cifar(D.CIFAR100, [('train', 3), ('test', 2)], b'fine_labels', b'fine_label_names')

# MATLAB's files
from scipy.io import savemat


def mat(path, data, **options):
    out = io.BytesIO()
    savemat(out, data, **options)
    write(path, out.getvalue())


for split, n in [('train', 3), ('test', 2), ('extra', 1)]:
    mat(f'svhn/{split}_32x32.mat', {'X': rng.integers(0, 256, (32, 32, 3, n), dtype=np.uint8), 'y': np.arange(10, 10 - n, -1, dtype=np.uint8)[:, None]}, do_compression=split != 'test')
    D.SVHN.split_list[split][2] = sum_of(f'{split}_32x32.mat')
for split, n in [('train', 3), ('test', 2)]:
    ask('SVHN', 'svhn', keywords={'split': split}, attributes=('labels', 'data'))
for i in range(1, 8):
    picture(f'flowers/flowers-102/jpg/image_{i:05d}.jpg')
mat('flowers/flowers-102/imagelabels.mat', {'labels': rng.integers(1, 103, (1, 7)).astype(np.uint8)})
mat('flowers/flowers-102/setid.mat', {'trnid': np.array([[1, 5, 3]], np.uint16), 'valid': np.array([[2, 4]], np.uint16), 'tstid': np.array([[7, 6]], np.uint16)}, do_compression=True)
for part in ['label', 'setid']:
    D.Flowers102._file_dict[part] = (D.Flowers102._file_dict[part][0], sum_of(D.Flowers102._file_dict[part][0]))
for split in ['train', 'val', 'test']:
    ask('Flowers102', 'flowers', keywords={'split': split}, attributes=('classes',))
for name, folder, n in [('Faces', 'Faces_2', 2), ('ant', 'ant', 3), ('BACKGROUND_Google', 'none', 1)]:
    for i in range(1, n + 1):
        picture(f'caltech/caltech101/101_ObjectCategories/{name}/image_{i:04d}.jpg', 'L' if i == 2 else 'RGB')
        mat(f'caltech/caltech101/Annotations/{folder}/annotation_{i:04d}.mat', {'box_coord': np.array([[1, 2, 3, 4]], np.uint16), 'obj_contour': rng.normal(size=(2, 4))}, do_compression=i == 2)
for target in ['category', 'annotation', ['annotation', 'category']]:
    ask('Caltech101', 'caltech', keywords={'target_type': target}, attributes=('categories', 'annotation_categories', 'y', 'index'))
cars = 'cars/stanford_cars'
kind = [('bbox_x1', 'O'), ('class', 'O'), ('fname', 'O')]
mat(f'{cars}/devkit/cars_meta.mat', {'class_names': np.array([['AM General', 'Acura RL', 'Audi']], dtype=object)})
for split, file in [('train', 'devkit/cars_train_annos.mat'), ('test', 'cars_test_annos_withlabels.mat')]:
    rows = np.zeros((1, 3), dtype=kind)
    for i in range(3):
        picture(f'{cars}/cars_{split}/{i:05d}.jpg')
        rows[0, i] = (np.uint8(i), np.uint8(3 - i), f'{i:05d}.jpg')
    mat(f'{cars}/{file}', {'annotations': rows})
    ask('StanfordCars', 'cars', keywords={'split': split}, attributes=CLASSES)

# Binary and text files
for name, n in [('train', 12), ('test', 2), ('unlabeled', 1)]:
    write(f'stl/stl10_binary/{name}_X.bin', rng.integers(0, 256, (n, 3, 96, 96), dtype=np.uint8).tobytes())
    write(f'stl/stl10_binary/{name}_y.bin', rng.integers(1, 11, n).astype(np.uint8).tobytes())
write('stl/stl10_binary/class_names.txt', b'airplane\nbird\ncar\n')
write('stl/stl10_binary/fold_indices.txt', b''.join(b'%d 3 %d \n' % (i, 11 - i) for i in range(10)))
D.STL10.train_list = [[name, sum_of(name)] for name, _ in D.STL10.train_list]
D.STL10.test_list = [[name, sum_of(name)] for name, _ in D.STL10.test_list]
for keywords in [{'split': 'test'}, {'folds': 4}, {'split': 'unlabeled'}, {'split': 'train+unlabeled', 'folds': 0}]:
    ask('STL10', 'stl', keywords=keywords, attributes=('classes', 'labels'))
rows = [' '.join([f'{v:.4f}' for v in rng.integers(0, 2, 256)] + [str(int(i == k)) for i in range(10)]) + ' ' for k in [3, 0, 9]]
write('semeion/semeion.data', '\n'.join(rows).encode() + b'\n')
D.SEMEION.md5_checksum = sum_of('semeion.data')
ask('SEMEION', 'semeion', keywords={'download': False}, attributes=('labels',))
for name, n in [('usps.bz2', 300), ('usps.t.bz2', 3)]:
    lines = [f'{k % 10 + 1} ' + ' '.join(f'{i + 1}:{v:.6g}' for i, v in enumerate(rng.uniform(-1, 1, 256) if k % 3 else [-1, 1] * 128)) + ' \n' for k in range(n)]
    write(f'usps/{name}', bz2.compress(''.join(lines).encode(), 1))
for train in [True, False]:
    ask('USPS', 'usps', keywords={'train': train}, attributes=('targets',))

# Files of pictures with lists
for label, name in enumerate(['001.ak47', '002.flag']):
    for i in range(1, 3 + label):
        picture(f'caltech/caltech256/256_ObjectCategories/{name}/{label + 1:03d}_{i:04d}.jpg')
    write(f'caltech/caltech256/256_ObjectCategories/{name}/notes', b'')
ask('Caltech256', 'caltech', attributes=('categories', 'y', 'index'))
pets = ['Abyssinian_1', 'american_bulldog_12', 'saint-bernard_3', 'Abyssinian_4']
for name in pets:
    picture(f'pets/oxford-iiit-pet/images/{name}.jpg')
    picture(f'pets/oxford-iiit-pet/annotations/trimaps/{name}.png', 'L')
write('pets/oxford-iiit-pet/annotations/trainval.txt', b''.join(f'{n} {l} {b} 1\n'.encode() for n, l, b in zip(pets, [1, 2, 3, 1], [1, 2, 2, 1])))
write('pets/oxford-iiit-pet/annotations/test.txt', b'Abyssinian_4 1 1 1\n')
for keywords in [{}, {'split': 'test', 'target_types': []}, {'target_types': ['segmentation', 'binary-category', 'category']}, {'target_types': 'binary-category'}]:
    ask('OxfordIIITPet', 'pets', keywords=keywords, attributes=(*CLASSES, 'bin_classes', 'bin_class_to_idx'))
meta = {'pizza': ['pizza/1', 'pizza/2'], 'apple_pie': ['apple_pie/7']}
for paths in meta.values():
    for path in paths:
        picture(f'food/food-101/images/{path}.jpg')
for split in ['train', 'test']:
    write(f'food/food-101/meta/{split}.json', json.dumps(meta if split == 'train' else {'pizza': ['pizza/2']}).encode())
    ask('Food101', 'food', keywords={'split': split}, attributes=CLASSES)
names = ['woven/woven_1.jpg', 'banded/banded_2.jpg', 'woven/woven_3.jpg']
for name in names:
    picture(f'textures/dtd/dtd/images/{name}')
write('textures/dtd/dtd/labels/val3.txt', ''.join(f'{name}\n' for name in names).encode())
ask('DTD', 'textures', keywords={'split': 'val', 'partition': 3}, attributes=CLASSES)
air = 'aircraft/fgvc-aircraft-2013b/data'
for name in ['0034309', '0034958']:
    picture(f'{air}/images/{name}.jpg')
write(f'{air}/families.txt', b'A300\nBoeing 707\n')
write(f'{air}/images_family_test.txt', b'0034958 Boeing 707\n0034309 A300\n')
ask('FGVCAircraft', 'aircraft', keywords={'split': 'test', 'annotation_level': 'family'}, attributes=CLASSES)
for name in ['Forest/Forest_1.jpg', 'River/River_2.jpg']:
    picture(f'euro/eurosat/2750/{name}')
ask('EuroSAT', 'euro', attributes=(*CLASSES, 'targets'))
for name in ['Training/00000/1.ppm', 'Training/00007/2.ppm', 'Final_Test/Images/00000.ppm', 'Final_Test/Images/00001.ppm']:
    picture(f'signs/gtsrb/GTSRB/{name}', format='PPM')
write('signs/gtsrb/GT-final_test.csv', b'Filename;Width;ClassId\r\n00001.ppm;53;16\r\n00000.ppm;42;1\r\n')
for split in ['train', 'test']:
    ask('GTSRB', 'signs', keywords={'split': split})

fake = [plain(D.FakeData(5, (3, 6, 4), 7, random_offset=k)[i]) for k in [0, 9] for i in range(5)]
with open(os.path.join(root, 'answers.json'), 'w') as f:
    json.dump({'answers': answers, 'md5s': md5s, 'fake': fake, 'fake_text': repr(D.FakeData(7))}, f)
