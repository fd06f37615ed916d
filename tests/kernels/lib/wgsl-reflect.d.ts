/** The package's entry for Node is CommonJS in a package that says it is not; this is the entry that loads. */
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export * from 'wgsl_reflect'
}
