import { describe, expect, it } from 'vitest'
import {
  compareVersions,
  evaluateMarker,
  markerEnvironment,
  parseRequirement,
  satisfies,
} from '#lib/cli/requirements.js'

describe('parseRequirement', () => {
  it('reads name, extras, specifier and marker', () => {
    expect(parseRequirement('cuda-toolkit[cublas,Cudart]==13.0.3; platform_system == "Linux"')).toEqual({
      name: 'cuda-toolkit',
      extras: ['cublas', 'cudart'],
      specifier: '==13.0.3',
      marker: 'platform_system == "Linux"',
    })
    expect(parseRequirement('Nvidia_NVJitLink (<14, >=13.0.88)')).toEqual({
      name: 'nvidia-nvjitlink',
      extras: [],
      specifier: '<14,>=13.0.88',
      marker: '',
    })
  })

  it('refuses what is none', () => {
    expect(() => parseRequirement('==1')).toThrow('"==1" is no requirement')
  })
})

describe('satisfies', () => {
  it.each([
    ['2.13.0+cpu', '==2.13.0+cpu', true],
    ['2.13.0+cu130', '==2.13.0+cpu', false],
    ['2.13.0', '==2.13.0+cpu', false],
    ['2.13.0+cpu', '==2.13.0', true],
    ['13.0.85', '==13.0.85.*', true],
    ['13.0.85.1', '==13.0.85.*', true],
    ['13.0.850', '==13.0.85.*', false],
    ['13.1', '!=13.0.*', true],
    ['13.4.92', '<14,>=13.0.88', true],
    ['14.0', '<14,>=13.0.88', false],
    ['13.0.9', '<14,>=13.0.88', false],
    ['3.8.2', '~=3.8.0', true],
    ['3.9.0', '~=3.8.0', false],
    ['2.14.0rc1', '>=2.13', false],
    ['1.0', '', true],
  ])('%s %s is %s', (version, specifier, expected) => {
    expect(satisfies(version, specifier)).toBe(expected)
  })

  it('compares versions by number', () => {
    expect(compareVersions('2.9.1', '2.13.0')).toBeLessThan(0)
    expect(compareVersions('2.13', '2.13.0')).toBe(0)
  })
})

describe('evaluateMarker', () => {
  const environment = { ...markerEnvironment(['cudart'], '3.12'), platform_machine: 'x86_64' }
  it.each([
    ['', true],
    ['platform_system == "Linux"', true],
    ['platform_system == "Linux" and python_version < "3.15"', true],
    ['python_version < "3.9"', false],
    ['python_version >= "3.10"', true],
    [
      "(sys_platform == 'linux' and platform_machine == 'aarch64' or sys_platform == 'linux' and platform_machine == 'x86_64' or sys_platform == 'win32') and extra == 'cudart'",
      true,
    ],
    ["(sys_platform == 'linux' and platform_machine == 'x86_64') and extra == 'cublas'", false],
    ["(sys_platform == 'win32' or sys_platform == 'darwin') and extra == 'cudart'", false],
    ["sys_platform in 'linux darwin'", true],
    ["platform_machine not in 'aarch64 arm64'", true],
  ])('%s', (marker, expected) => {
    expect(evaluateMarker(marker, environment)).toBe(expected)
  })

  it('refuses what it does not know', () => {
    expect(() => evaluateMarker('phase_of_moon == "full"', environment)).toThrow('asks for phase_of_moon')
  })
})
