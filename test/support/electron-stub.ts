import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';

/**
 * A stand-in for `electron`, made from its own type declarations: whatever it has, the real API has in the same shape,
 * or this file does not compile. What it lacks is missing at run time too, so a test cannot pass by accident. What is
 * there for tests alone lives under `test` on each object.
 */
type Surface<T> = Partial<Omit<T, keyof EventEmitter>>;
/** `true` where a class has nothing public that the real one has not. */
type NoExtras<Stub, Real> = Exclude<keyof Stub, keyof Real | 'test'> extends never ? true : never;

const emitter = <S extends object>(surface: S): S & EventEmitter =>
  Object.defineProperties(new EventEmitter(), Object.getOwnPropertyDescriptors(surface)) as S & EventEmitter;

export const calls: { what: string; with: unknown[] }[] = [];
/** Told of each call as it is made. */
export const listeners = new Set<(what: string, args: unknown[]) => void>();
function note(what: string, ...args: unknown[]): void {
  calls.push({ what, with: args });
  for (const listener of listeners) listener(what, args);
}
export const called = (what: string): unknown[][] =>
  calls.filter((call) => call.what === what).map((call) => call.with);

const START = {
  isPackaged: false,
  version: '0.0.0',
  appPath: '',
  hasLock: true,
  loginItem: { openAtLogin: false, wasOpenedAtLogin: false, executableWillLaunchAtLogin: false },
  notificationsSupported: true,
  dialogAnswer: 0,
  displays: [{ x: 0, y: 0, width: 1920, height: 1080 }],
};
/** What the machine is like, for the next calls. */
export const machine = { ...START };

type PathName = Parameters<Electron.App['getPath']>[0];
const paths: Partial<Record<PathName, string>> = {};

export const app = emitter({
  ...({
    enableSandbox: () => note('app.enableSandbox'),
    setName: (name) => note('app.setName', name),
    getPath: (name) => paths[name] ?? '',
    setPath: (name, path) => void (paths[name as PathName] = path),
    requestSingleInstanceLock: (data) => {
      note('app.requestSingleInstanceLock', data);
      return machine.hasLock;
    },
    whenReady: () => Promise.resolve(),
    setAboutPanelOptions: (options) => note('app.setAboutPanelOptions', options),
    showAboutPanel: () => note('app.showAboutPanel'),
    setAsDefaultProtocolClient: (scheme) => {
      note('app.setAsDefaultProtocolClient', scheme);
      return true;
    },
    setLoginItemSettings: (settings) => note('app.setLoginItemSettings', settings),
    getLoginItemSettings: (options) => {
      note('app.getLoginItemSettings', options);
      return machine.loginItem as Electron.LoginItemSettings;
    },
    setBadgeCount: (count) => {
      note('app.setBadgeCount', count);
      return true;
    },
    /** As Electron does: the windows are closed, then `will-quit` is told, which can be prevented. */
    quit: () => {
      note('app.quit');
      app.emit('before-quit', preventable());
      for (const window of BrowserWindow.getAllWindows()) window.close();
      if (BrowserWindow.getAllWindows().length > 0) return;
      const event = preventable();
      app.emit('will-quit', event);
      if (!event.defaultPrevented) app.exit(0);
    },
    relaunch: (options) => note('app.relaunch', options),
    setAppUserModelId: (id) => note('app.setAppUserModelId', id),
    releaseSingleInstanceLock: () => note('app.releaseSingleInstanceLock'),
    getVersion: () => machine.version,
    getName: () => 'Jackfield',
    getAppPath: () => machine.appPath,
    exit: (code) => {
      note('app.exit', code);
      app.test.onExit(code ?? 0);
    },
  } satisfies Surface<Electron.App>),
  get isPackaged(): boolean {
    return machine.isPackaged;
  },
  test: { onExit: (_code: number): void => undefined },
});

export function preventable() {
  const event = {
    defaultPrevented: false,
    preventDefault(): void {
      event.defaultPrevented = true;
    },
  };
  return event;
}

export class WebContents extends EventEmitter implements Surface<Electron.WebContents> {
  test = {
    sent: [] as unknown[],
    reloads: 0,
    openHandler: undefined as
      ((details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse) | undefined,
    /** A page with unsaved edits does not want to go. */
    isUnloadForced: (): boolean => {
      const event = preventable();
      this.emit('will-prevent-unload', event);
      return event.defaultPrevented;
    },
  };
  mainFrame = { url: '' } as Electron.WebFrameMain;
  #destroyed = false;
  send(_channel: string, message: unknown): void {
    this.test.sent.push(message);
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  reload(): void {
    this.test.reloads += 1;
  }
  forcefullyCrashRenderer(): void {
    note('webContents.forcefullyCrashRenderer');
  }
  setWindowOpenHandler(handler: NonNullable<typeof this.test.openHandler>): void {
    this.test.openHandler = handler;
  }
  close(): void {
    this.#destroyed = true;
    this.emit('destroyed');
  }
}
export const webContentsIsReal: NoExtras<WebContents, Electron.WebContents> = true;

export class BrowserWindow extends EventEmitter implements Surface<Electron.BrowserWindow> {
  static #all = new Set<BrowserWindow>();
  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#all];
  }
  /** `refusesClose`: a page with unsaved edits. */
  test = { url: '', options: {} as Electron.BrowserWindowConstructorOptions, refusesClose: false };
  readonly webContents = new WebContents() as unknown as Electron.WebContents & WebContents;
  #bounds = { x: 0, y: 0, width: 0, height: 0 };
  #is = { visible: false, focused: false, minimized: false, maximized: false, destroyed: false };

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super();
    this.test.options = options;
    const { width = 800, height = 600 } = options;
    this.#bounds = { x: 0, y: 0, width, height };
    BrowserWindow.#all.add(this);
    note('new BrowserWindow', options);
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    this.test.url = url;
    (this.webContents as { mainFrame: { url: string } }).mainFrame = { url };
    return Promise.resolve();
  }
  isVisible = (): boolean => this.#is.visible;
  isFocused = (): boolean => this.#is.focused;
  isMinimized = (): boolean => this.#is.minimized;
  isMaximized = (): boolean => this.#is.maximized;
  isDestroyed = (): boolean => this.#is.destroyed;
  show(): void {
    this.#is.visible = this.#is.focused = true;
    this.emit('show');
  }
  focus(): void {
    this.#is.focused = true;
  }
  blur(): void {
    this.#is.focused = false;
  }
  minimize(): void {
    this.#is.minimized = true;
  }
  restore(): void {
    this.#is.minimized = false;
  }
  maximize(): void {
    this.#is.maximized = true;
  }
  center(): void {
    note('window.center');
  }
  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.emit('resize');
  }
  getBounds = (): Electron.Rectangle => this.#bounds;
  getNormalBounds = (): Electron.Rectangle => this.#bounds;
  setBackgroundColor(color: string): void {
    note('window.setBackgroundColor', color);
  }
  setOverlayIcon(image: Electron.NativeImage | null, words: string): void {
    note('window.setOverlayIcon', image, words);
  }
  /** As Electron does: the page is asked after `close` was told, and its no is told without any question. */
  close(): void {
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) return;
    if (this.test.refusesClose && !this.webContents.test.isUnloadForced()) return;
    this.destroy();
  }
  destroy(): void {
    if (this.#is.destroyed) return;
    this.#is.destroyed = true;
    BrowserWindow.#all.delete(this);
    this.webContents.close();
    this.emit('closed');
  }
}
export const windowIsReal: NoExtras<BrowserWindow, Electron.BrowserWindow> = true;

export class Tray extends EventEmitter implements Surface<Electron.Tray> {
  static test = { all: [] as Tray[] };
  test = { image: undefined as unknown, tip: '', menu: undefined as Menu | null | undefined };
  #destroyed = false;
  constructor(image: Electron.NativeImage | string) {
    super();
    this.test.image = image;
    Tray.test.all.push(this);
  }
  setImage(image: Electron.NativeImage | string): void {
    this.test.image = image;
  }
  setToolTip(tip: string): void {
    this.test.tip = tip;
  }
  setContextMenu(menu: Electron.Menu | null): void {
    this.test.menu = menu as unknown as Menu | null;
  }
  destroy(): void {
    this.#destroyed = true;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
}
export const trayIsReal: NoExtras<Tray, Electron.Tray> = true;

export class Menu {
  static test = { application: undefined as Menu | null | undefined, popups: [] as Menu[] };
  test: { template: Electron.MenuItemConstructorOptions[]; popup: Electron.PopupOptions | undefined };
  constructor(template: Electron.MenuItemConstructorOptions[]) {
    this.test = { template, popup: undefined };
  }
  static buildFromTemplate(template: Electron.MenuItemConstructorOptions[]): Menu {
    return new Menu(template);
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.test.application = menu;
  }
  popup(options?: Electron.PopupOptions): void {
    this.test.popup = options;
    Menu.test.popups.push(this);
  }
}
export const menuIsReal: NoExtras<Menu, Electron.Menu> = true;

export class Notification extends EventEmitter implements Surface<Electron.Notification> {
  static test = { shown: [] as Notification[] };
  static isSupported(): boolean {
    return machine.notificationsSupported;
  }
  test: { options: Electron.NotificationConstructorOptions };
  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super();
    this.test = { options };
  }
  show(): void {
    Notification.test.shown.push(this);
  }
}
export const notificationIsReal: NoExtras<Notification, Electron.Notification> = true;

export const nativeImage = {
  createEmpty: () =>
    ({
      addRepresentation: ({ scaleFactor, dataURL }) => note('image', scaleFactor, dataURL),
      setTemplateImage: (is) => note('image.setTemplateImage', is),
    }) satisfies Surface<Electron.NativeImage> as unknown as Electron.NativeImage,
} satisfies Surface<typeof Electron.nativeImage>;

export const nativeTheme = emitter({
  shouldUseDarkColors: false as boolean,
  shouldUseDarkColorsForSystemIntegratedUI: false as boolean,
  themeSource: 'system' as Electron.NativeTheme['themeSource'],
} satisfies Surface<Electron.NativeTheme>);

export const dialog = {
  showErrorBox: (title, text) => note('dialog.showErrorBox', title, text),
  showMessageBox: (...args: unknown[]) => {
    note('dialog.showMessageBox', args.at(-1));
    return Promise.resolve({ response: machine.dialogAnswer, checkboxChecked: false });
  },
} satisfies Surface<Electron.Dialog>;

export const shell = {
  openExternal: async (url) => note('shell.openExternal', url),
  openPath: async (path) => {
    note('shell.openPath', path);
    return '';
  },
} satisfies Surface<Electron.Shell>;

/** Squirrel's, which electron-updater tells before it quits the app. */
export const autoUpdater = emitter({});

let clipboardText = '';
export const clipboard = {
  readText: async () => clipboardText,
  writeText: async (text) => void (clipboardText = text),
} satisfies Surface<Electron.Clipboard>;

export const screen = emitter({
  getAllDisplays: () => machine.displays.map((workArea) => ({ workArea }) as Electron.Display),
} satisfies Surface<Electron.Screen>);

export const ipcMain = emitter({});
export const powerMonitor = emitter({});

type Handler = Parameters<Electron.Protocol['handle']>[1];
export const protocol = {
  ...({
    registerSchemesAsPrivileged: (schemes) => note('protocol.registerSchemesAsPrivileged', schemes),
    handle: (scheme, handler) => void protocol.test.handlers.set(scheme, handler),
  } satisfies Surface<Electron.Protocol>),
  test: { handlers: new Map<string, Handler>() },
};

export class Session implements Surface<Electron.Session> {
  test = {
    request: undefined as Parameters<Electron.Session['setPermissionRequestHandler']>[0] | undefined,
    check: undefined as Parameters<Electron.Session['setPermissionCheckHandler']>[0] | undefined,
    device: undefined as Parameters<Electron.Session['setDevicePermissionHandler']>[0] | undefined,
  };
  protocol = protocol as unknown as Electron.Protocol;
  setPermissionRequestHandler(handler: NonNullable<typeof this.test.request> | null): void {
    this.test.request = handler;
  }
  setPermissionCheckHandler(handler: NonNullable<typeof this.test.check> | null): void {
    this.test.check = handler;
  }
  setDevicePermissionHandler(handler: NonNullable<typeof this.test.device> | null): void {
    this.test.device = handler;
  }
}
export const sessionIsReal: NoExtras<Session, Electron.Session> = true;
export const session = {
  defaultSession: new Session(),
  fromPartition: () => new Session() as unknown as Electron.Session,
};

export class UtilityProcess extends EventEmitter implements Surface<Electron.UtilityProcess> {
  test = { posted: [] as unknown[], killed: false };
  postMessage(message: unknown): void {
    this.test.posted.push(message);
  }
  kill(): boolean {
    this.test.killed = true;
    return true;
  }
}
export const utilityProcessIsReal: NoExtras<UtilityProcess, Electron.UtilityProcess> = true;
export const utilityProcess = {
  ...({
    fork: (file, args, options) => {
      note('utilityProcess.fork', file, args, options);
      const child = new UtilityProcess();
      utilityProcess.test.children.push(child);
      return child as unknown as Electron.UtilityProcess;
    },
  } satisfies Surface<typeof Electron.utilityProcess>),
  test: { children: [] as UtilityProcess[] },
};

/** As if the machine had just started. */
export function resetElectron(): void {
  calls.splice(0);
  listeners.clear();
  Object.assign(machine, START, { loginItem: { ...START.loginItem } });
  for (const window of BrowserWindow.getAllWindows()) window.destroy();
  for (const one of [app, ipcMain, powerMonitor, nativeTheme, screen]) one.removeAllListeners();
  app.test.onExit = () => undefined;
  nativeTheme.shouldUseDarkColors = nativeTheme.shouldUseDarkColorsForSystemIntegratedUI = false;
  nativeTheme.themeSource = 'system';
  Tray.test.all = [];
  Menu.test = { application: undefined, popups: [] };
  Notification.test.shown = [];
  protocol.test.handlers.clear();
  utilityProcess.test.children = [];
  session.defaultSession = new Session();
}
