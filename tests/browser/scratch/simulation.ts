import { mock } from './mock.ts'
export const Simulation = { create: async (gpu: any, s: any, f: any, o: any) => { f.typesOf(s); return mock(gpu, s) } }
