import fc from 'fast-check'
import { expect, it } from 'vitest'
import { undoStack } from '../../../src/app/undo.ts'

it('goes back and forth, and says what it would do', () => {
  const stack = undoStack<string>()
  expect(stack.undoLabel).toBeNull()
  expect(stack.undo('a')).toBeNull()
  stack.push('a', 'delete 3 atoms')
  stack.push('b', 'duplicate 1 atom')
  expect(stack.undoLabel).toBe('Undo duplicate 1 atom')
  expect(stack.undo('c')).toBe('b')
  expect(stack.undoLabel).toBe('Undo delete 3 atoms')
  expect(stack.redoLabel).toBe('Redo duplicate 1 atom')
  expect(stack.redo('b')).toBe('c')
  expect(stack.redoLabel).toBeNull()
  stack.undo('c')
  stack.push('b', 'set the cell')
  expect(stack.redo('d')).toBeNull()
  stack.clear()
  expect(stack.undoLabel).toBeNull()
})

it('remembers the latest edits only', () => {
  const stack = undoStack<number>(3)
  for (let i = 0; i < 5; i++) stack.push(i, `${i}`)
  expect([stack.undo(5), stack.undo(4), stack.undo(3), stack.undo(2)]).toEqual([4, 3, 2, null])
})

it('undoes whatever was done, in any number of steps', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 40 }), fc.nat(60), (edits, back) => {
      const stack = undoStack<number[]>()
      let value: number[] = []
      for (const edit of edits) {
        stack.push(value, 'edit')
        value = [...value, edit]
      }
      for (let i = 0; i < back; i++) value = stack.undo(value) ?? value
      expect(value).toEqual(edits.slice(0, Math.max(0, edits.length - back)))
      for (let i = 0; i < back; i++) value = stack.redo(value) ?? value
      expect(value).toEqual(edits)
    }),
  )
})
