/** Python's "simple" index pages (PEP 503): which wheels there are, where, and with which hash. */
import { normalizeName, parseWheelName, type WheelName } from './wheel.js'

export interface IndexLink {
  readonly url: string
  readonly file: string
  readonly wheel: WheelName
  /** In hex, or null where the page gives none. */
  readonly sha256: string | null
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }

/** The address of a project's page. */
export function projectPage(index: string, project: string): string {
  return `${index.replace(/\/+$/, '')}/${normalizeName(project)}/`
}

/** The wheels of a project's page. Yanked ones are left out. */
export function parseIndexPage(html: string, pageUrl: string): IndexLink[] {
  const links: IndexLink[] = []
  for (const [, attributes] of html.matchAll(/<a\s([^>]*)>/gi)) {
    const href = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes as string)
    if (!href || /\bdata-yanked\b/i.test(attributes as string)) continue
    const url = new URL(
      (href[1] ?? href[2] ?? '').replace(/&(amp|lt|gt|quot|#39);/g, entity => ENTITIES[entity] ?? entity),
      pageUrl,
    )
    const file = decodeURIComponent(url.pathname.split('/').pop() ?? '')
    const wheel = parseWheelName(file)
    if (!wheel) continue
    const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1]?.toLowerCase() ?? null
    url.hash = ''
    links.push({ url: url.href, file, wheel, sha256 })
  }
  return links
}
