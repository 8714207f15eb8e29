import { checkCircles, checkLength, checkOneFile, checkPure } from './check-files.mjs';
import {
  checkBarrels,
  checkDeclared,
  checkFolderDirections,
  checkPackageDirections,
  checkRelativeImports,
  checkTestingStaysOut,
} from './check-imports.mjs';
import { readTree } from './read-tree.mjs';

const CHECKS = [
  checkPackageDirections,
  checkFolderDirections,
  checkRelativeImports,
  checkDeclared,
  checkTestingStaysOut,
  checkBarrels,
  checkCircles,
  checkOneFile,
  checkLength,
  checkPure,
];

/** Every fault `{ path, line, problem }` of the repository at `root` against the rules of `docs/architecture.md`. */
export function checkArchitecture(root) {
  const tree = readTree(root);
  return CHECKS.flatMap((check) => check(tree)).sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}
