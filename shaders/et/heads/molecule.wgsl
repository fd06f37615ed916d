// Centre of mass of a molecule's atoms, for heads that measure from it.
//
//   weights [atoms]     (weight, mass in u), at binding 1
//   positions [atoms]   xyz in Å, at binding 5

@group(0) @binding(1) var<storage, read> weights: array<vec2f>;
@group(0) @binding(5) var<storage, read> positions: array<vec4f>;

/// xyz centre in Å, w mass in u, of atoms first … end − 1.
fn centre_of_mass(first: u32, end: u32) -> vec4f {
  var moment = vec3f(0.0);
  var mass = 0.0;
  for (var i = first; i < end; i++) {
    moment += weights[i].y * positions[i].xyz;
    mass += weights[i].y;
  }
  return vec4f(moment / mass, mass);
}
