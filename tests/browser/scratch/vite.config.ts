import base from '../../../vite.config.ts'
import { existsSync, readFileSync } from 'node:fs'
export default { ...base, root: '/work/main', configFile: false, plugins: [{ name: 'mock', enforce: 'pre', resolveId(id: string) { if (id.endsWith('dynamics/simulation.ts') && !existsSync('/work/main/src/dynamics/simulation.ts')) return '/work/main/tests/browser/scratch/simulation.ts' },
 configureServer(s: any) { s.middlewares.use((req: any, res: any, next: any) => { const m = /\/models\/(et-gfn2-small\.\w+)/.exec(req.url); if (m && !existsSync('/work/main/public/models/' + m[1])) { res.end(readFileSync('/work/shared/data/et-gfn2-small/' + m[1])) } else next() }) } }] }
