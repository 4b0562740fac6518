/** How far the sync under way has come, for the status bar. */
class SyncProgress {
  now = $state.raw<{ done: number; total: number }>();

  tell(progress: { done: number; total: number }): void {
    this.now = progress.done >= progress.total ? undefined : { done: progress.done, total: progress.total };
  }
}

export const syncProgress = new SyncProgress();
