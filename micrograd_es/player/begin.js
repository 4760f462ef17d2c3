// ---- Begin -----------------------------------------------------------------------------------------------------------

wireBoxes();
wireSteps();
wireDetail();
wireWhatIf();
wirePredict();
showView(fitting(0, true));
go(fromAddress());
summarise();
