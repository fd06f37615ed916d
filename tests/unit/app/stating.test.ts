import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openFiles } from '../../../src/app/files.ts'
import { ask, type Question, restated } from '../../../src/app/stating.ts'
import { equiformerCases } from '../../golden/cases.ts'

const cases = await equiformerCases()
const golden = cases.find(({ name }) => name === 'dp_md17_l2_small')!
const checkpoint = { ...(await golden.loadCheckpoint()), source: 'dp.safetensors' }

const questionOf = (asked: ReturnType<typeof ask>): Question => {
  if ('field' in asked) throw new Error('nothing is asked')
  return asked.question
}
const fieldOf = (asked: ReturnType<typeof ask>) => {
  if ('question' in asked) throw new Error(asked.question.message)
  return asked.field
}

test('what was asked stays in question until all is answered', () => {
  const first = questionOf(ask(checkpoint))
  expect(first.message).toMatch(/^The number of attention heads/)
  expect(() => first.answer({ num_heads: 'four' })).toThrow("not 'four'")
  const second = questionOf(first.answer({ num_heads: ' 3 ' }))
  expect(second.open.map(({ name, value }) => [name, value])).toEqual([
    ['num_heads', 3],
    ['irreps_head', null],
  ])
  const { card } = fieldOf(second.answer({ num_heads: '2' }))
  expect(card.open.find(({ name }) => name === 'num_heads')?.value).toBe(2)
})

test('a force field is made anew with more, less and other things stated', () => {
  const field = fieldOf(ask(checkpoint, { num_heads: 2 }))
  const more = restated(field, { task_std: '3.5', task_mean: '-1' })
  const stated = ({ card }: typeof field) =>
    Object.fromEntries(card.open.map(({ name, value }) => [name, value]))
  expect(stated(more)).toEqual({ num_heads: 2, task_std: 3.5, task_mean: -1, units: 'kcal/mol' })
  expect(stated(restated(more, { task_mean: '', units: 'eV' }))).toMatchObject({
    task_mean: null,
    task_std: 3.5,
    units: 'eV',
  })
  expect(() => restated(more, { num_heads: '' })).toThrow('num_heads')
  // It is not changed itself.
  expect(stated(field)).toMatchObject({ task_std: null })
})

test('files that are dropped with a question wait with it, and a link may have answered it', async () => {
  const weights = await readFile(
    new URL('../../golden/equiformer/dp_md17_l2_small/weights.safetensors', import.meta.url),
  )
  const files = [new File([weights], 'dp.safetensors'), new File(['1\n\nO 0 0 0\n'], 'o.xyz')]
  const { structure, field, question, complaints } = await openFiles(files)
  expect([structure?.name, field, question?.source, complaints]).toEqual([
    'o.xyz',
    null,
    'dp.safetensors',
    [],
  ])
  const answered = await openFiles(files, null, undefined, { num_heads: 2 })
  expect([answered.field?.card.title, answered.question]).toEqual(['dp.safetensors', null])
})
