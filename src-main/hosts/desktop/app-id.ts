/** Who this app is to the OS; build/electron-builder.yml gives the same to installers. */
export const APP_ID = 'dev.jackfield.desktop';
