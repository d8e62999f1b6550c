/**
 * The torchvision that parity tests ask, with its Pillow: installed once into the repository's cache, without the torch it
 * asks for, beside the torch of the very LibTorch that the addon runs on.
 */
import { runPython } from './python.js'
import { pythonPackage } from './python_package.js'

const { folder, whyNot } = pythonPackage('torchvision', ['torchvision>=0.28,<0.30', 'pillow'])

/** Where it is installed. */
export const torchvisionFolder = folder
/** Why there is none; empty when there is one. */
export const whyNoTorchvision = whyNot

/** What a program starts with: torchvision's own operators are compiled for another LibTorch and are left out. */
const preamble = `
import sys, types
sys.path.insert(0, ${JSON.stringify(folder)})
sys.modules['torchvision._meta_registrations'] = types.ModuleType('torchvision._meta_registrations')
import json, torch, torchvision, numpy as np
from PIL import Image
import torchvision.transforms as T
import torchvision.transforms.functional as F
torch.set_num_threads(1)
`

/** Runs a Python program that has `torch`, `torchvision`, `T`, `F`, `np`, `Image` and `json`, and returns its output. */
export function runTorchvision(program: string, args: readonly string[] = []): string {
  return runPython(preamble + program, { args })
}
