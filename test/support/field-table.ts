import type { FieldFact, FieldMap } from '../../src-main/sync/field-map.js';

const code = (text: string): string => (text.includes('`') ? text : `\`${text}\``);

function row(fact: FieldFact, profiles: readonly string[]): string {
  const { field, remote, sent = '—', shown = '—', lost, lostIn, replacedIn } = fact;
  const where = lostIn ? `In ${lostIn.join(', ')}: ` : '';
  const replaced =
    replacedIn === undefined
      ? 'in place'
      : replacedIn.length === profiles.length
        ? 'made anew'
        : `made anew in ${replacedIn.join(', ')}`;
  const cells = [
    code(field),
    remote ? code(remote) : '—',
    sent,
    shown,
    remote ? replaced : '—',
    lost ? `${where}${lost}` : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

export function fieldTable(title: string, profiles: readonly string[], map: FieldMap): string {
  return [
    `## ${title}`,
    '',
    `Profiles: ${profiles.join(', ')}.`,
    '',
    '| field | there | sent | read back | a change | lost |',
    '| --- | --- | --- | --- | --- | --- |',
    ...map.map((fact) => row(fact, profiles)),
    '',
  ].join('\n');
}
