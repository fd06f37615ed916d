/// Replica exchange: what is kept of each rung of a ladder of temperatures, and of each replica that climbs it.
/// src/dynamics/exchange.ts packs and reads both.

struct Rung {
  /// kB T in eV; rises from rung to rung
  thermal: f32,
  /// who is there
  replica: u32,
  /// exchanges with the next rung: tried, and made
  tried: u32,
  made: u32,
}

const NOWHERE = 0u;
const BOTTOM = 1u;
const TOP = 2u;

struct Climber {
  rung: u32,
  /// √(T new / T old) of the latest exchange; 1 where there was none
  factor: f32,
  /// the end of the ladder where it was last; the top counts only after the bottom
  end: u32,
  /// from the bottom to the top and back
  round_trips: u32,
}
