import { dot, exp, Fn, float, max, mix, normalize, pow, smoothstep, uniform, vec3 } from 'three/tsl'
import { Color, type Node, SRGBColorSpace, Vector3 } from 'three/webgpu'

type Float = Node<'float'>
type Vec3 = Node<'vec3'>

/** Share of the backdrop in what is veiled. */
const VEIL = 0.5

/** Uniforms every impostor shares. */
export class Lighting {
  /** Distances from the eye, Å, between which the depth cue sets in. */
  readonly cueStart = uniform(0)
  readonly cueEnd = uniform(1)
  /** Directions to the lights, seen from the camera: they move with the eye, as a photographer's would. */
  private readonly key = uniform(new Vector3(-0.42, 0.72, 0.56).normalize())
  private readonly fill = uniform(new Vector3(0.85, -0.1, 0.35).normalize())
  /** 1 without perspective, 0 with it. */
  readonly flat = uniform(0)
  /** The colour that far atoms fade into, linear. */
  private readonly backdrop = uniform(new Color(0))
  /** 1 before a bright backdrop: silhouettes are then told from it by shade instead of by a rim of light. */
  private readonly bright = uniform(0)

  /** @param color of the backdrop behind the molecule, as style sheets write it */
  setBackdrop(color: string): void {
    const { value } = this.backdrop
    value.setStyle(color, SRGBColorSpace)
    this.bright.value = 0.2126 * value.r + 0.7152 * value.g + 0.0722 * value.b > 0.2 ? 1 : 0
  }

  /**
   * Light that leaves a surface towards the eye, display-encoded (the renderer adds no output pass).
   * A soft key from above left, a cool fill, sky and ground, a satin highlight, a faint rim.
   *
   * @param albedo linear
   * @param normal view space, unit
   * @param position view space, Å
   * @param hidden share of the sky that other atoms take, 0 … 1
   * @param veil 1 for what is there to be understood, not looked at; 0 for all else
   */
  shade(albedo: Vec3, normal: Vec3, position: Vec3, hidden: Float, veil: Float = float(0) as Float): Vec3 {
    const shade = Fn(() => {
      const toEye = mix(normalize(position.negate()), vec3(0, 0, 1), this.flat).toVar()
      const open = float(1).sub(hidden).clamp(0.12, 1).toVar()
      const facing = max(dot(normal, toEye), 0).toVar()

      const sky = mix(vec3(0.14, 0.15, 0.19), vec3(0.66, 0.69, 0.76), normal.y.mul(0.5).add(0.5))
      const wrapped = max(dot(normal, this.key).add(0.28).div(1.28), 0)
      const keyLight = vec3(1.0, 0.965, 0.91).mul(wrapped.mul(wrapped).mul(1.75))
      const fillLight = vec3(0.42, 0.5, 0.66).mul(max(dot(normal, this.fill), 0).mul(0.32))
      const light = sky
        .mul(open)
        .mul(0.5)
        .add(keyLight.mul(mix(open, float(1), 0.35)))
        .add(fillLight.mul(open))

      const half = normalize(toEye.add(this.key))
      const along = max(dot(normal, half), 0).toVar()
      const gloss = pow(along, 72).mul(0.42).add(pow(along, 14).mul(0.07)).mul(open)
      const grazing = pow(float(1).sub(facing), 4)
      const rim = vec3(0.5, 0.58, 0.72).mul(grazing.mul(0.34).mul(open).mul(normal.y.mul(0.5).add(0.5)))

      const edge = mix(float(1), float(1).sub(pow(float(1).sub(facing), 2).mul(0.5)), this.bright)
      const lit = albedo.mul(light).mul(edge).add(gloss).add(rim.mul(this.bright.oneMinus())).toVar()
      const cue = smoothstep(this.cueStart, this.cueEnd, position.z.negate()).mul(0.72)
      const seen = mix(mix(filmic(lit), this.backdrop, cue), this.backdrop, veil.mul(VEIL))
      return encode(seen)
    })
    return shade()
  }
}

/** A soft shoulder: keeps hues, never clips a white hydrogen flat. */
const filmic = (c: Vec3): Vec3 =>
  vec3(1)
    .sub(exp(c.mul(-1.28)))
    .mul(1.08) as Vec3

/** Linear light to sRGB, the curve of IEC 61966-2-1. */
const encode = (c: Vec3): Vec3 => {
  const clamped = c.clamp(0, 1)
  return clamped.lessThanEqual(0.0031308).select(
    clamped.mul(12.92),
    clamped
      .pow(vec3(1 / 2.4))
      .mul(1.055)
      .sub(0.055),
  ) as Vec3
}
