import { expect, test } from 'vitest'
import { InputError, messageOf } from '../../src/errors.ts'

test('a name with line ends or control characters cannot break the sentence or steer a terminal', () => {
  const error = new InputError('model.pt: the tensor a\nb\u001b[2Jc\u2028d is missing.')
  expect(error.message).toBe('model.pt: the tensor a\\u000ab\\u001b[2Jc\\u2028d is missing.')
})

test('other text stays as it is', () => {
  expect(new InputError('Å, 水, “quoted”').message).toBe('Å, 水, “quoted”')
})

test('any thrown value has a message', () => {
  expect([messageOf(new Error('a')), messageOf('b'), messageOf(3)]).toEqual(['a', 'b', '3'])
})
