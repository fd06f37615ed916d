import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { violations } from './lib/layers.ts'

const source = new URL('../../src/', import.meta.url).pathname
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file))

describe('layers', () => {
  test('the sources are found', () => {
    expect(files.length).toBeGreaterThan(50)
  })

  test('no source file knows more than its room may', () => {
    expect(files.flatMap((file) => violations(file, readFileSync(join(source, file), 'utf8')))).toEqual([])
  })
})

describe('the layer check', () => {
  test.each([
    ['a model that draws', 'models/et/draw.ts', "import { Mesh } from 'three'"],
    ['a model that draws by a subpath', 'models/et/draw.ts', "import { color } from 'three/tsl'"],
    ['dynamics that know the viewer', 'dynamics/a.ts', "import { Viewer } from '../viewer/viewer.ts'"],
    ['formats that know the GPU', 'formats/a.ts', "import type { Gpu } from '../gpu/gpu.ts'"],
    [
      'a reference that shares GPU code',
      'reference/a.ts',
      "import { packEt } from '../models/et/packed-weights.ts'",
    ],
    ['irreps that know the GPU', 'models/irreps/a.ts', "import type { Gpu } from '../../gpu/gpu.ts'"],
    ['irreps that know a model', 'models/irreps/a.ts', "import { slots } from '../layers/slots.ts'"],
    [
      'a viewer that knows irreps',
      'viewer/a.ts',
      "import { parseIrreps } from '../models/irreps/parse-irreps.ts'",
    ],
    ['a re-export upwards', 'chemistry/a.ts', "export { readXyz } from '../formats/index.ts'"],
    ['an import for its effect', 'gpu/a.ts', "import '../app/main.tsx'"],
    ['an import at run time', 'gpu/a.ts', "const a = await import('../models/registry.ts')"],
    [
      'an import over several lines',
      'gpu/a.ts',
      "import {\n  loadForceField,\n} from '../models/registry.ts'",
    ],
    ['the command line that draws', 'cli/a.ts', "import { Viewer } from '../viewer/viewer.ts'"],
    ['the page that knows Node', 'app/a.ts', "import { readFile } from 'node:fs/promises'"],
    ['the page that asks for Dawn', 'app/a.ts', "import { requestNodeGpu } from '../gpu/node.ts'"],
    ['a package nobody decided on', 'models/a.ts', "import _ from 'lodash'"],
    ['a room without a place', 'utilities/a.ts', ''],
    ['a pipeline outside gpu', 'models/a.ts', 'device.createComputePipelineAsync({})'],
    ['a buffer outside gpu', 'viewer/a.ts', 'const b = device.createBuffer({ size: 4 })'],
    ['the DOM below the app', 'viewer/a.ts', 'document.body.append(canvas)'],
    ['the window below the app', 'dynamics/a.ts', 'window.requestAnimationFrame(step)'],
  ])('finds %s', (_, file, text) => {
    expect(violations(file, text)).toHaveLength(1)
  })

  test.each([
    ['imports downwards', 'dynamics/a.ts', "import { Gpu } from '../gpu/gpu.ts'\nimport { b } from './b.ts'"],
    ['comments', 'gpu/a.ts', "// import { a } from '../app/a.ts'\n/* document.title */"],
    [
      'documented types of the reference',
      'reference/a.ts',
      "import type { A } from '../models/et/parameters.ts'",
    ],
    [
      'irreps of the reference and of models',
      'reference/irreps/a.ts',
      "import { irrepsOf } from '../../models/irreps/irreps.ts'",
    ],
    ['the public face', 'index.ts', "export { Viewer } from './viewer/viewer.ts'"],
  ])('lets %s pass', (_, file, text) => {
    expect(violations(file, text)).toEqual([])
  })
})
