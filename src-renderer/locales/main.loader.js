import { registerLoaders } from 'wuchale/load-utils';
import { loadCatalog, loadIDs } from './.wuchale/main.proxy.js';

export const getRuntime = registerLoaders('main', loadCatalog, loadIDs);
export const getRuntimeRx = getRuntime;
