// The number that an atom, or a link between atoms, is coloured by.

struct Paint {
  atoms: u32,
  /// one of the constants below
  quantity: u32,
  /// 1 where the range begins anew instead of following slowly
  fresh: u32,
  /// 1 where the scale begins at zero whatever the least value is
  from_zero: u32,
  /// selected atoms are tinted with it; linear RGB
  accent: vec3f,
}

/// Each atom in its own colour.
const OWN: u32 = 0u;
/// The length of a vector: speed, force.
const LENGTH: u32 = 1u;
/// The fourth component: an atom's share of the energy.
const FOURTH: u32 = 2u;
/// The length of the way from where the atom began.
const WAY: u32 = 3u;
/// The fourth component, of what leads from one place to another: 0 where it leads nowhere.
const LINK: u32 = 4u;

fn quantity_of(kind: u32, source: vec4f, start: vec4f) -> f32 {
  if kind == LENGTH { return length(source.xyz); }
  if kind == FOURTH { return source.w; }
  if kind == LINK { return select(0.0, source.w, any(source.xyz != vec3f(0.0))); }
  return length(source.xyz - start.xyz);
}
