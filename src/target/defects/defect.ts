export { DEFECTS, type Defect } from '../../choices.ts';
