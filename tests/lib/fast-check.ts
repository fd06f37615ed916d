/**
 * Property tests draw the same examples on every machine, so that a red run is a change's doing.
 * TUMBLE_FUZZ_SEED draws others: run them now and then.
 */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.TUMBLE_FUZZ_SEED ?? 20261122) })
