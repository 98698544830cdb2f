/** Digits of a number in a key, so that keys are in the order of their numbers. */
const DIGITS = 8;

/** Keys of what a registry stores of a model. Those in the plural are prefixes. */
export function keysOf(model: string) {
  const [manifests, changes, blobs] = ['releases', 'changes', 'blobs'].map((kind) => `${model}/${kind}/`) as [
    string,
    string,
    string,
  ];
  return {
    manifests,
    changes,
    blobs,
    manifest: (number: number) => `${manifests}${digits(number)}.json`,
    change: (revision: number) => `${changes}${digits(revision)}.json`,
    blob: (sha256: string) => `${blobs}${sha256}`,
    jobs: `${model}/jobs/`,
    job: (id: number) => `${model}/jobs/${digits(id)}.json`,
    jobLogs: `${model}/job-logs/`,
    jobLog: (id: number) => `${model}/job-logs/${digits(id)}.txt`,
    lease: (name: string) => `${model}/leases/${name}/`,
    comparisons: `${model}/comparisons/`,
    comparison: (release: number, against: number) => `${model}/comparisons/${digits(release)}-${digits(against)}.json`,
  };
}

const digits = (number: number) => String(number).padStart(DIGITS, '0');
