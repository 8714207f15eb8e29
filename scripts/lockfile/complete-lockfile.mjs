const SYSTEMS = {
  darwin: 'darwin',
  linux: 'linux',
  linuxmusl: 'linux',
  win32: 'win32',
  windows: 'win32',
  win: 'win32',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  sunos: 'sunos',
  aix: 'aix',
  android: 'android',
  openharmony: 'openharmony',
};
const PROCESSORS = {
  x64: 'x64',
  64: 'x64',
  arm64: 'arm64',
  aarch64: 'arm64',
  arm: 'arm',
  armv6: 'arm',
  armv7: 'arm',
  ia32: 'ia32',
  386: 'ia32',
  ppc64: 'ppc64',
  ppc64le: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
};
const LIBRARIES = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl', linuxmusl: 'musl' };
const KNOWN = { fsevents: { os: ['darwin'] } };

/** Adds what is missing to the parsed lockfile `lock`, in place and in npm's order; gives the paths added. */
export function completeLockfile(lock) {
  const added = Object.entries(lock.packages).flatMap(([from, entry]) =>
    Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, range]) => {
      const version = range.replace(/^[~^=v]+/, '');
      const platform = KNOWN[name] ?? platformOf(name);
      const path = platform && missingPlace(lock, from, name, version);
      if (path === undefined) return [];
      lock.packages[path] = {
        version,
        ...platform,
        optional: true,
        ...(isDevelopment(lock, from) ? { dev: true } : {}),
      };
      return [path];
    }),
  );
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  return added;
}

/** The `os`, `cpu` and `libc` a platform package's name tells; undefined when it names no platform. */
export function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const pick = (table) => words.map((word) => table[word]).find(Boolean);
  const platform = { os: pick(SYSTEMS), cpu: pick(PROCESSORS), libc: pick(LIBRARIES) };
  if (platform.cpu === undefined || (platform.os === undefined && platform.cpu !== 'wasm32')) return undefined;
  return Object.fromEntries(
    Object.entries(platform).flatMap(([key, value]) => (value === undefined ? [] : [[key, [value]]])),
  );
}

/** The places where Node looks for a dependency of the package at `from`, nearest first. */
function placesFor(from, name) {
  const places = [];
  for (
    let folder = from;
    folder !== '';
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
  ) {
    places.push(`${folder}/node_modules/${name}`);
  }
  return [...places, `node_modules/${name}`];
}

/** Where to add the entry: nowhere when what Node would find has this version, else the outermost free place not shadowed. */
function missingPlace(lock, from, name, version) {
  const places = placesFor(from, name);
  const found = places.findIndex((path) => lock.packages[path] !== undefined);
  if (found === -1) return places.at(-1);
  return lock.packages[places[found]].version === version ? undefined : places[found - 1];
}

function isDevelopment(lock, from) {
  return lock.packages[from].dev === true;
}
