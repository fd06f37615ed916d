/**
 * Sums Vitest's JSON report. Nothing fails in silence: skipped and unfinished tests count as failed, as does a file
 * that could not be loaded, a run without any test, and a run that Vitest itself calls failed for another reason.
 * @param report Vitest's report, or null where there is none
 * @param {boolean} succeeded whether Vitest's exit status was 0
 * @returns {{ passed: number, failed: number, remarks: string[] }}
 */
export function tally(report, succeeded) {
  let passed = 0
  let failed = 0
  const remarks = []
  for (const { name, status, assertionResults } of report?.testResults ?? []) {
    for (const test of assertionResults) {
      if (test.status === 'passed') passed++
      else failed++
      if (!['passed', 'failed'].includes(test.status))
        remarks.push(`Not run (${test.status}): ${test.fullName}`)
    }
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) {
      failed++
      remarks.push(`Failed outside its tests: ${name}`)
    }
  }
  if (passed + failed === 0) {
    failed++
    remarks.push('No test was run.')
  } else if (!succeeded && failed === 0) {
    failed++
    remarks.push('Vitest failed although every test passed: see above.')
  }
  return { passed, failed, remarks }
}
