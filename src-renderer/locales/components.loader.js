import { registerLoaders } from 'wuchale/load-utils';
import { loadCatalog, loadIDs } from './.wuchale/components.proxy.js';

export const getRuntime = registerLoaders('components', loadCatalog, loadIDs);
export const getRuntimeRx = getRuntime;
