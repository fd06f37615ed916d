/**
 * Lists of operations on atoms, cut short. Software drivers take minutes to follow a list of a dozen operations through a
 * browser's compiler, and seconds for as many in lists of three: a call of every operation, and barriers before and behind.
 * Whole lists are judged in tests/golden.
 */
import { OperationList } from '../../../../src/models/layers/atomwise.ts'

const MOST = 3

/** For everything that this page makes from now on. */
export function shortenLists(): void {
  const { add } = OperationList.prototype
  OperationList.prototype.add = function (operation) {
    return this.length < MOST && add.call(this, operation)
  }
}
