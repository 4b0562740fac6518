import fuses from '@electron/fuses';
import { problem } from './words.mjs';

/** As build/electron-builder.yml sets them; read back from the packaged executable, since a wish is not a fact. */
const WANTED = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
};

const { FuseV1Options, getCurrentFuseWire } = fuses;
/** A fuse in the wire is the character of its state. */
const [OFF, ON] = ['0', '1'].map((state) => state.charCodeAt(0));

export async function checkFuses({ executable }) {
  const wire = await getCurrentFuseWire(executable);
  const wrong = Object.entries(WANTED)
    .filter(([name, on]) => wire[FuseV1Options[name]] !== (on ? ON : OFF))
    .map(([name]) => name);
  return [
    {
      name: 'fuses, read back',
      ok: wrong.length === 0,
      detail: problem([wrong, 'not as wanted']) ?? `${Object.keys(WANTED).length} as wanted`,
    },
  ];
}
