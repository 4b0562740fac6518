import { beforeEach, describe, expect, it, vi } from 'vitest';
import { powerMonitor, resetElectron } from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { setupWake } = await import('../../../src-main/hosts/desktop/wake.js');

describe('a computer that wakes up', () => {
  beforeEach(resetElectron);
  it('has its sessions checked', () => {
    const woke = vi.fn();
    setupWake({ woke });
    powerMonitor.emit('suspend');
    expect(woke).not.toHaveBeenCalled();
    powerMonitor.emit('resume');
    expect(woke).toHaveBeenCalledOnce();
  });
});
