const severities = ['info', 'low', 'moderate', 'high', 'critical'];

type Report = {
  error?: { summary?: string; detail?: string };
  message?: string;
  vulnerabilities?: Record<string, { severity: string }>;
};

/** Judges the output of `npm audit --json`. A registry that cannot be reached passes, unless the audit is `required`. */
export function judgeAudit(
  output: string,
  { level, required }: { level: string; required: boolean },
): { passed: boolean; message: string } {
  const lowest = severities.indexOf(level);
  if (lowest < 0)
    return { passed: false, message: `level ${level} is not allowed: must be one of ${severities.join(', ')}` };
  const report = parse(output);
  if (!report?.vulnerabilities) {
    const why = report?.error?.summary || report?.message || 'no answer';
    return { passed: !required, message: `NOT AUDITED: the registry's audit could not be reached (${why})` };
  }
  const found = Object.entries(report.vulnerabilities);
  const bad = found.filter(([, { severity }]) => severities.indexOf(severity) >= lowest);
  const list = bad.map(([name, { severity }]) => `${name} (${severity})`).join(', ');
  return bad.length > 0
    ? {
        passed: false,
        message: `${bad.length} packages with known vulnerabilities of level ${level} or worse: ${list}`,
      }
    : {
        passed: true,
        message: `no known vulnerabilities of level ${level} or worse; ${found.length} packages with lesser ones`,
      };
}

function parse(output: string): Report | undefined {
  try {
    return JSON.parse(output) as Report;
  } catch {
    return undefined;
  }
}
