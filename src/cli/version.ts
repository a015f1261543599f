export { readOwnVersion as readVersion } from '../target/launch/own-version.ts';
