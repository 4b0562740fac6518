/**
 * One field of a server and what becomes of it on one kind of remote. The adapters take their reasons and rules from
 * these maps, and docs/remote-fields.md is made of them, so that neither can drift from the other.
 */
export type FieldFact = {
  /** In the server's own words; `*` stands for a name. */
  field: string;
  /** The remote's word for it; absent: it has none. */
  remote?: string;
  /** In which form it travels. */
  sent?: string;
  /** What reading it back shows. */
  shown?: string;
  /** Why it is lost, where it is. */
  lost?: string;
  /** Profiles for which `lost` holds; absent: all. */
  lostIn?: readonly string[];
  /** Profiles in which a change of it makes the entry anew. */
  replacedIn?: readonly string[];
};
export type FieldMap = readonly FieldFact[];

/** Why a field is lost. @throws where the map names no reason: a bug that the test of the maps finds */
export function reasonOf(map: FieldMap, field: string): string {
  const reason = map.find((fact) => fact.field === field)?.lost;
  if (reason === undefined) throw new Error(`the field map has no reason for ${field}`);
  return reason;
}
