// lint.mjs FILE: what the linter finds in a description, one line each.
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    // /alerts/{id}/dismiss and /alerts/targets/{id}: an id is a UUID, "targets" is none.
    'no-ambiguous-paths': 'off',
    // GET /announcements takes nothing that could be wrong.
    'operation-4xx-response': 'off',
  },
});
for (const problem of await lint({ ref: process.argv[2], config })) {
  console.log(`${problem.severity} ${problem.ruleId} ${problem.location[0].pointer}: ${problem.message}`);
}
