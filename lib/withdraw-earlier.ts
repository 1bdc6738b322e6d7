import { outputFolder, withdraw } from './assembly';

// Imported for its effect, before everything else: a program that can't even load its modules leaves no earlier
// assembly behind that would pass for its result.
withdraw(outputFolder());
