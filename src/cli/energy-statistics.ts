/**
 * How well a run keeps its energy: the least-squares line through total energy against time, and the root mean
 * square of what is left about it. Sums are kept, not samples, and of deviations from the mean (Welford), so that
 * an energy of −10⁴ eV leaves the digits of 10⁻⁸ eV intact.
 */
export class EnergyStatistics {
  private samples = 0
  private meanTime = 0
  private meanEnergy = 0
  private meanKelvin = 0
  private timeTime = 0
  private timeEnergy = 0
  private energyEnergy = 0

  /** One sample: fs, eV, K. */
  add(time: number, totalEnergy: number, temperature: number): void {
    this.samples++
    const dt = time - this.meanTime
    const de = totalEnergy - this.meanEnergy
    this.meanTime += dt / this.samples
    this.meanEnergy += de / this.samples
    this.meanKelvin += (temperature - this.meanKelvin) / this.samples
    this.timeTime += dt * (time - this.meanTime)
    this.timeEnergy += dt * (totalEnergy - this.meanEnergy)
    this.energyEnergy += de * (totalEnergy - this.meanEnergy)
  }

  /** K */
  get meanTemperature(): number {
    return this.meanKelvin
  }

  /** Slope in eV/fs; null while there are fewer than three samples to lay a line through. */
  get drift(): number | null {
    return this.samples < 3 || this.timeTime === 0 ? null : this.timeEnergy / this.timeTime
  }

  /** eV, about the line. */
  get fluctuation(): number | null {
    const { drift } = this
    if (drift === null) return null
    return Math.sqrt(Math.max(0, this.energyEnergy - drift * this.timeEnergy) / this.samples)
  }
}
