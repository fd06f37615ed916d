// Bitonic sort in the form that always puts what precedes at the lower place (runs are merged with the second one mirrored):
//
//   for (run = 2; run < 2 length; run *= 2)  for (half = run / 2; half > 0; half /= 2)
//     all pairs k with bitonic_pair(k, run, half) below length, in any order: swap if the second precedes the first
//
// Entries that would make the length a power of two would come last and never move: there need be none.

/// The places, lower and higher, that pair k of a pass compares.
fn bitonic_pair(k: u32, run: u32, half: u32) -> vec2u {
  let low = 2u * k - (k & (half - 1u));
  return vec2u(low, low ^ select(half, run - 1u, 2u * half == run));
}
