// output = input, element by element.
//
//   input, output   [any] vec4f

import package::common::index::flat_index;

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 256u);
  if i < arrayLength(&output) { output[i] = input[i]; }
}
