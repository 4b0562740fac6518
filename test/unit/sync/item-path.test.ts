import { describe, expect, it } from 'vitest';
import { itemPath } from '../../../src-main/sync/item-path.js';

describe('the path of a remote’s entry', () => {
  it('holds its id as one segment, whatever it is', () => {
    expect(itemPath('/v1/', 'a/b ?#é', 'Letta')).toBe('/v1/a%2Fb%20%3F%23%C3%A9');
  });

  it.each(['', '.', '..', '\ud800', 'x\udc00'])('is not made of %j', (id) => {
    expect(() => itemPath('/v1/', id, 'Letta')).toThrow(
      expect.objectContaining({ code: 'invalid', message: 'This link has no usable Letta id.' }),
    );
  });
});
