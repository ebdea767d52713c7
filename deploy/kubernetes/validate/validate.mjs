// Holds every object of deploy/kubernetes against Kubernetes' schemas, as the packages kubernetes-models and typescript know them:
//   npm ci --prefix deploy/kubernetes/validate && node deploy/kubernetes/validate/validate.mjs
// The schema's validator says what is missing or malformed; the compiler, reading each object as a literal of its type, says what does not exist.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import YAML from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? dirname(here);
const require = createRequire(import.meta.url);
const faults = [];
const literals = [];

const files = readdirSync(folder).filter(name => name.endsWith('.yaml'));
for (const file of files) {
  for (const document of YAML.parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { uniqueKeys: true })) {
    faults.push(...document.errors.map(error => `${file}: ${error.message}`));
    const object = document.toJS();
    if (file === 'kustomization.yaml') {
      for (const name of object.resources) if (!existsSync(join(folder, name))) faults.push(`${file}: ${name} is not there`);
      continue;
    }

    const path = `${object.apiVersion.replace(/^([a-z]+)\/(?=v)/, '$1/')}/${object.kind}`;
    let kind;
    try {
      kind = require(`kubernetes-models/${path}`)[object.kind];
    } catch {
      faults.push(`${file}: there is no ${object.kind} in ${object.apiVersion}`);
      continue;
    }

    try {
      new kind(object).validate();
    } catch (error) {
      faults.push(`${file}: ${object.kind}: ${error.message}`);
    }

    literals.push({ file, path, object });
  }
}

// The models of the runtime's fields are a little older or newer than a cluster's: a field that this package does not know is a fault all the same.
const scratch = mkdtempSync(join(here, 'check-'));
try {
  const source = join(scratch, 'check.ts');
  writeFileSync(source, literals.map(({ path, object, file }, i) => `import type { I${object.kind} as T${i} } from 'kubernetes-models/${path}';
// ${file}
export const o${i}: T${i} = ${JSON.stringify(object)};`).join('\n'));
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'es2022', source], { cwd: here, stdio: 'pipe' });
} catch (error) {
  faults.push(...String(error.stdout ?? error).split('\n').filter(line => line.trim()));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}

console.log(`${literals.length} objects of ${files.length} files hold against Kubernetes' schemas.`);
