import { describe, expect, it } from 'vitest';
import { readServers } from '../../../src-main/interchange/import/read-servers.js';
import { readPasted } from '../../../src-main/interchange/paste/paste.js';

// server.json files of the registry as publishers write them: https://github.com/modelcontextprotocol/registry

const first = (file: object) => {
  const { servers } = readServers(readPasted(JSON.stringify({ name: 'io.example/one', ...file })));
  return servers[0];
};

describe('a server.json', () => {
  it('that writes a container’s whole command line down is not run twice over, and keeps the token off it', () => {
    const found = first({
      name: 'io.github.github/github-mcp-server',
      version: '${VERSION}',
      packages: [
        {
          registryType: 'oci',
          identifier: 'ghcr.io/github/github-mcp-server:${VERSION}',
          transport: { type: 'stdio' },
          runtimeArguments: [
            { type: 'positional', value: 'run', isRequired: true },
            { type: 'named', name: '-i', value: 'true', format: 'boolean', isRequired: true },
            { type: 'named', name: '--rm', value: 'true', format: 'boolean' },
            {
              type: 'named',
              name: '-e',
              value: 'GITHUB_PERSONAL_ACCESS_TOKEN={token}',
              variables: { token: { isRequired: true, isSecret: true, format: 'string' } },
            },
            { type: 'positional', valueHint: 'image_name', value: 'ghcr.io/github/github-mcp-server' },
          ],
        },
      ],
    });
    expect(found?.transport).toMatchObject({
      command: 'docker',
      args: ['run', '-i', '--rm', '-e', 'GITHUB_PERSONAL_ACCESS_TOKEN', 'ghcr.io/github/github-mcp-server'],
      env: { GITHUB_PERSONAL_ACCESS_TOKEN: '' },
    });
  });

  it('fills in what has a value, and says what is left and what it may be', () => {
    const found = first({
      packages: [
        {
          registry_type: 'oci',
          identifier: 'mcp/filesystem',
          version: '1.0.2',
          runtime_arguments: [
            {
              type: 'named',
              name: '--mount',
              value: 'type=bind,src={source_path},dst={target_path}',
              variables: {
                source_path: { description: 'Source path on host.', format: 'filepath' },
                target_path: { default: '/project' },
              },
            },
          ],
          package_arguments: [{ type: 'positional', value_hint: 'target_dir', value: '/project' }],
          environment_variables: [{ name: 'SSL_MODE', is_required: true, choices: ['disable', 'require'] }],
        },
      ],
    });
    expect(found?.transport).toMatchObject({
      args: [
        'run',
        '-i',
        '--rm',
        '--mount',
        'type=bind,src={source_path},dst=/project',
        '-e',
        'SSL_MODE',
        'mcp/filesystem:1.0.2',
        '/project',
      ],
    });
    const said = found?.warnings.join('\n');
    expect(said).toContain('{source_path}: Source path on host.');
    expect(said).toContain('SSL_MODE needs a value: one of disable, require.');
  });

  it('has what it calls a secret kept as one, whatever it looks like', () => {
    const found = first({
      packages: [
        {
          registryType: 'npm',
          identifier: '@acme/search',
          version: '1.4.2',
          environmentVariables: [
            { name: 'ACME', isSecret: true, value: 'hunter2' },
            { name: 'PLAIN', value: 'hunter2' },
          ],
        },
      ],
    });
    expect(found?.transport).toMatchObject({ env: { ACME: { newSecret: 'hunter2' }, PLAIN: 'hunter2' } });
  });

  it('hands a .NET tool its own arguments behind two dashes', () => {
    const found = first({
      packages: [
        {
          registryType: 'nuget',
          identifier: 'Sample',
          version: '0.4.0',
          packageArguments: [
            { type: 'positional', value: 'mcp' },
            { type: 'positional', value: 'start' },
          ],
        },
      ],
    });
    expect(found?.transport).toMatchObject({
      command: 'dnx',
      args: ['Sample@0.4.0', '--yes', '--', 'mcp', 'start'],
    });
  });
});
