export interface BuiltFor {
  readonly folder: string
  readonly version: string | null
}

export function buildAddon(libtorch: BuiltFor, out?: string): Promise<void>
